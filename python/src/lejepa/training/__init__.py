"""Train encoders on worlds whose latents are known, and measure what they recover."""
