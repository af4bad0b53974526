# SPDX-License-Identifier: GPL-2.0-only
# What R says about the latencies of two arms that every run of this script draws alike: Rscript latency.R > latency.json
# (made with R 4.2.2). All are below 128 ns, where a bucket holds one value, so that nothing is lost by the histogram.

suppressWarnings(RNGversion("4.0.0"))
set.seed(20261121)

boots <- 9
points <- c(0.5, 0.9, 0.99)
number <- function(x) sprintf("%.17g", unname(x))
list_of <- function(x) paste0("[", paste(number(x), collapse = ","), "]")

draw <- function(center) pmin(127, pmax(1, floor(rlnorm(400, log(center * exp(rnorm(1, 0, 0.05))), 0.2))))
base <- lapply(seq_len(boots), function(i) draw(70))
arm <- lapply(seq_len(boots), function(i) draw(60))

# Gains are on the logarithm of base over arm, paired by boot; the means have no ties.
effect <- log(sapply(base, mean) / sapply(arm, mean))
w <- wilcox.test(effect, exact = TRUE, conf.int = TRUE)
medians <- function(calls, p) median(sapply(calls, quantile, probs = p, type = 1))

cat("{\n\"base\": [", paste(sapply(base, list_of), collapse = ",\n"), "],\n\"arm\": [",
    paste(sapply(arm, list_of), collapse = ",\n"), "],\n",
    "\"base_quantiles\": ", list_of(sapply(points, function(p) medians(base, p))), ",\n",
    "\"arm_quantiles\": ", list_of(sapply(points, function(p) medians(arm, p))), ",\n",
    "\"base_mean\": ", number(median(sapply(base, mean))), ",\n",
    "\"estimate\": ", number(w$estimate), ", \"low\": ", number(w$conf.int[1]), ", \"high\": ", number(w$conf.int[2]),
    ", \"p\": ", number(w$p.value), "\n}\n", sep = "")
