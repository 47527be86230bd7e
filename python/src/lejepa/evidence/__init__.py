"""Evidence: results that back a claim of the README or the docs, committed as data in `evidence/`.

- `record`: what every file holds, reading and writing.
- `sources`: which files a result rests on, and their digests.
- `kinds`: what the folders of `evidence/` hold, and who replays it.
- `fresh`: whether all of it still stands.
"""
