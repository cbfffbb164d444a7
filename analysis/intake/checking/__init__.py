"""What rows must fulfil, and what a careful reader would ask about them."""
