"""DeepMind Control's Reacher from pixels: whether an encoder recovers the joints, and whether planning on it works.

The paper's robotic experiment (Klindt, LeCun and Balestriero, section 5). Needs the extra `reacher` and a library that
MuJoCo draws with: `lejepa doctor` says whether they are there, and `lejepa train` whether the library can draw.
"""
