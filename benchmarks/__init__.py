"""What can be measured with ``make bench``."""
