"""Similarity lab: what the network finds alike, for the people who look after it."""

from app import access, query, shop, states
from app.lab import catalogue_map, compare, near_copies, neighbours, shared

access.enter("similarity")
engine = shop.engine()
shared.dress()
section = shared.section()

if problem := query.problem():
    states.error(problem)

if section == shared.MAP:
    catalogue_map.show(engine, query.current())
elif section == shared.PROTOCOLS:
    from app.lab import protocols  # Plotly takes a while to import, and nothing else here needs it

    protocols.show()
elif section == shared.NEIGHBOURS:
    neighbours.show(engine)
elif section == shared.NEAR_COPIES:
    near_copies.show(engine)
else:
    compare.show(engine, query.current())
