"""One app in two accounts, deployed by a pipeline in a third, with a review before each account."""
