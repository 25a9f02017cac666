"""Similarity: what the network finds alike, for the people who look after it."""

from app import access
from app.common import readers, states
from app.search import query
from app.similarity import catalogue_map, compare, near_copies, neighbours, shared

access.enter("similarity")
engine = readers.engine()
shared.dress()
section = shared.section()

if problem := query.problem():
    states.error(problem)

if section == shared.MAP:
    catalogue_map.show(engine, query.current())
elif section == shared.PROTOCOLS:
    from app.similarity import protocols

    protocols.show()
elif section == shared.NEIGHBOURS:
    neighbours.show(engine)
elif section == shared.NEAR_COPIES:
    near_copies.show(engine)
else:
    compare.show(engine, query.current())
