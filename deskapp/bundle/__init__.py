"""The file format: a signed, sealed run of entries. Bytes and streams in, bytes and values out; knows no database.

`writer.write` and `reader.read` are the entrances, `enrolment` and `keyring` say whose key is whose, `outcomes` names
everything that can be wrong. Every rule is a numbered clause (B1, B2, ...) of `data/bundle-spec.md`. What opens and
checks signatures and seals is loaded only when a bundle or a key is made or read.
"""
