"""What the desk does: the office, the board, finding, and how records read."""
