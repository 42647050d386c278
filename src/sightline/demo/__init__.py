"""A made-up car maker with three factories, for trying Sightline out. See `world` for what can be found in it."""
