"""The index of 100 points by which QĐ 766/QĐ-TTg measures how authorities serve people and businesses.

`items`: its versions, groups and items, dated data; `rule`: how a fraction becomes points; `published`: points others
published, counted again; `measures`: figures the portal does not produce; `reading`: the index of a unit in a quarter;
`views`: its page. Called by urls and commands of this room.
"""
