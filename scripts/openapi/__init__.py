"""Writes `docs/openapi.yaml`, what REST can be asked and what it answers, from the contracts under `protos/`.

OpenAPI 3.1. Paths, parameters, bodies, answers and descriptions follow from the protos, roles and reasons from the
gateway's and the services' own tables, so that a field, a method or a reason that is added there needs nothing here. By
hand is only what a proto cannot say: the forms of an upload (`uploads.py`) and who gives which error (`errors.py`).
"""
