"""The arm of DeepMind Control's Reacher: its states, the frames that are drawn of them, and planning with it.

The paper's robotic experiment (Klindt, LeCun and Balestriero, section 5). `lejepa.training` trains the encoders. It
needs the extra `reacher` and a library that MuJoCo draws with: `lejepa doctor` says whether they are there.
"""
