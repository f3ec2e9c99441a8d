"""From the record to words on the page: pure, and free of HTML."""
