module

public import Sums.Triangular

/-!
# Sums

The root of the example package: it imports every file.
-/
