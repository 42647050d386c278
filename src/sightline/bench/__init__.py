"""Measuring Sightline on your own machine: `sightline bench`. Nothing here is needed to serve."""
