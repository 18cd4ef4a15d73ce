"""The laws of each kind of component: a module a kind, and two for every kind.

A law is a plain function ``check_NAME(component)``: the first paragraph of its docstring is the sentence that people are shown.
It raises ``Broken`` where the component breaks it, and ``NotApplicable`` where the component makes no claim.  Each module of a
kind also has ``exercise(component)``, which does all that the component can do on small material with fixed seeds and
returns what came of it, as tuples, mappings, tensors, arrays, numbers and texts: the laws of every kind compare those.
"""
