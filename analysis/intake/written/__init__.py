"""What people wrote down by hand: ratings, notes, guesses, whom to hear, what changed; whatever file they stand in."""
