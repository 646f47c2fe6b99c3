"""Plans: what to collect and how often, in a file, and when each job is due."""
