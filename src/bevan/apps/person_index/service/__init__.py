"""What the pages of the person index look up and do."""
