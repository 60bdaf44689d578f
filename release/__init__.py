"""What makes a release: the zip that Stash installs, and the index that offers it."""
