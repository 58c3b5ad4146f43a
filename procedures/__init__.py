"""The catalogue: what can be asked of the state, by whom, with which papers, fees, limits and route."""
