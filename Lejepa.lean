/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.DiagonalWorld
public import Lejepa.Alignment.Marginals
public import Lejepa.Alignment.Multiplier
public import Lejepa.Alignment.PairLaw
public import Lejepa.Alignment.Spectral
public import Lejepa.Alignment.Stationary
public import Lejepa.Axioms
public import Lejepa.Converse.AdditiveNoise
public import Lejepa.Converse.BackwardRegression
public import Lejepa.Converse.CharFun
public import Lejepa.Converse.Components
public import Lejepa.Converse.Density
public import Lejepa.Converse.FiniteWorld
public import Lejepa.Converse.FirstVariation
public import Lejepa.Converse.FourPoints
public import Lejepa.Converse.FourPointsWorld
public import Lejepa.Converse.LinearCharFun
public import Lejepa.Converse.LinearDrift
public import Lejepa.Converse.LinearForm
public import Lejepa.Converse.LinearOutput
public import Lejepa.Converse.Multivariate
public import Lejepa.Converse.MultivariateLinearDrift
public import Lejepa.Converse.MultivariateLinearOutput
public import Lejepa.Converse.MultivariatePredictive
public import Lejepa.Converse.PredictionBound
public import Lejepa.Converse.PredictionLoss
public import Lejepa.Converse.Predictive
public import Lejepa.Converse.Regression
public import Lejepa.Converse.ReplaceCoordinate
public import Lejepa.Converse.Reversible
public import Lejepa.Dirichlet.ChangeOfVariables
public import Lejepa.Dirichlet.Energy
public import Lejepa.Dirichlet.Limit
public import Lejepa.ForMathlib.AEEqZeroOfCharFun
public import Lejepa.ForMathlib.CharFunDeriv
public import Lejepa.ForMathlib.FiniteLaw
public import Lejepa.ForMathlib.FrobeniusOrthogonal
public import Lejepa.ForMathlib.GaussianDensity
public import Lejepa.ForMathlib.GaussianExpDual
public import Lejepa.ForMathlib.GaussianIntegrationByParts
public import Lejepa.ForMathlib.GaussianMoments
public import Lejepa.ForMathlib.GaussianPiMoments
public import Lejepa.ForMathlib.GaussianRotation
public import Lejepa.ForMathlib.HermiteRecurrence
public import Lejepa.ForMathlib.IntegralExpOfMoments
public import Lejepa.ForMathlib.KernelMap
public import Lejepa.ForMathlib.L2Inner
public import Lejepa.ForMathlib.LogDet
public import Lejepa.ForMathlib.MeasurePreserving
public import Lejepa.ForMathlib.OrthogonalJacobian
public import Lejepa.ForMathlib.OrthonormalL2
public import Lejepa.ForMathlib.PiIntegral
public import Lejepa.ForMathlib.Polar
public import Lejepa.ForMathlib.PolarSharp
public import Lejepa.ForMathlib.QuasiMeasurePreserving
public import Lejepa.ForMathlib.ScalingEquation
public import Lejepa.Hermite.Basic
public import Lejepa.Hermite.Basis
public import Lejepa.Hermite.Coefficients
public import Lejepa.Hermite.Completeness
public import Lejepa.Hermite.Defs
public import Lejepa.Hermite.Mehler
public import Lejepa.Hermite.Orthogonality
public import Lejepa.Hermite.Span
public import Lejepa.Hermite.Stein
public import Lejepa.Hermite.Uniqueness
public import Lejepa.Identifiability.Approximate
public import Lejepa.Identifiability.Excess
public import Lejepa.Identifiability.Linear
public import Lejepa.Identifiability.LinearPart
public import Lejepa.Identifiability.QuadraticEncoder
public import Lejepa.Identifiability.Sharp
public import Lejepa.Identifiability.SharpAttained
public import Lejepa.Identifiability.White
public import Lejepa.Objective
public import Lejepa.Planning
public import Lejepa.Planning.Approximate
public import Lejepa.Planning.Basic
public import Lejepa.Planning.Invariant
public import Lejepa.Planning.Through
public import Lejepa.Refutation
public import Lejepa.Regularizer.CramerWold
public import Lejepa.Regularizer.EppsPulley
public import Lejepa.Statements
public import Lejepa.World
public import Lejepa.WorldModel.LinearQuadratic
public import Lejepa.WorldModel.PlanCost
public import Lejepa.WorldModel.Rollout

/-!
# Lejepa: when a joint-embedding encoder recovers the latents of its world

The root of the package: it imports every file. The paper is Klindt, LeCun, Balestriero,
*When Does LeJEPA Learn a World Model?*, arXiv 2605.26379.
-/
