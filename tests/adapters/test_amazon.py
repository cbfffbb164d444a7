"""Amazon Connect: what its exports hide is found on planted rows and not on clean ones."""
