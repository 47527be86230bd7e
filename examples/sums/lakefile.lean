import Lake

open Lake DSL

package sums

@[default_target]
lean_lib Sums
