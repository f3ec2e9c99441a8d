"""What the pages of the person index show, in words."""
