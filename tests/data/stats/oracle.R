# SPDX-License-Identifier: GPL-2.0-only
# What R says about samples that every run of this script draws alike: Rscript oracle.R > oracle.json
# (made with R 4.2.2). Samples have neither ties nor zeros, so that R's tests are exact.

suppressWarnings(RNGversion("4.0.0"))
set.seed(20261120)

number <- function(x) sprintf("%.17g", unname(x))
list_of <- function(x) paste0("[", paste(number(x), collapse = ","), "]")
object <- function(...) {
	fields <- c(...)
	paste0("{", paste0("\"", names(fields), "\":", fields, collapse = ","), "}")
}

# R attains at least the level asked for; what it attained is 1 - 2 P(sum < the first sum kept).
paired <- function(n) {
	x <- rnorm(n, 0.3)
	w <- wilcox.test(x, exact = TRUE, conf.int = TRUE)
	first <- qsignrank(0.025, n)
	object(x = list_of(x), p = number(w$p.value), estimate = number(w$estimate), low = number(w$conf.int[1]),
	       high = number(w$conf.int[2]), level = number(1 - 2 * psignrank(first - 1, n)))
}

unpaired <- function(m, n) {
	x <- rnorm(m, 1)
	y <- rnorm(n)
	w <- wilcox.test(x, y, exact = TRUE, conf.int = TRUE)
	first <- qwilcox(0.025, m, n)
	object(x = list_of(x), y = list_of(y), p = number(w$p.value), estimate = number(w$estimate),
	       low = number(w$conf.int[1]), high = number(w$conf.int[2]),
	       level = number(1 - 2 * pwilcox(first - 1, m, n)))
}

kendall <- function(n) {
	x <- rnorm(n) + seq_len(n) / 10
	k <- cor.test(seq_len(n), x, method = "kendall", exact = TRUE)
	object(x = list_of(x), tau = number(k$estimate), p = number(k$p.value))
}

# tau-b of samples with ties; R has no exact p for these.
kendall_ties <- function(n) {
	x <- sample(1:4, n, replace = TRUE)
	object(x = list_of(x), tau = number(cor(seq_len(n), x, method = "kendall")))
}

quantiles <- function(n) {
	x <- rexp(n)
	object(x = list_of(x), median = number(median(x)), q = list_of(quantile(x, c(0, 0.1, 0.25, 0.9, 1), type = 7)))
}

holm <- function(n) {
	p <- round(runif(n)^3, 4)
	object(p = list_of(p), adjusted = list_of(p.adjust(p, "holm")))
}

variance <- function(sizes, between, within) {
	boot <- factor(rep(seq_along(sizes), sizes))
	value <- rnorm(length(sizes), 5, between)[boot] + rnorm(length(boot), 0, within)
	squares <- summary(aov(value ~ boot))[[1]][["Mean Sq"]]
	n <- sum(sizes)
	share <- (n - sum(sizes^2) / n) / (length(sizes) - 1)
	object(x = list_of(value), sizes = list_of(sizes), within = number(squares[2]),
	       between = number(max(0, (squares[1] - squares[2]) / share)))
}

residual <- function(blocks, arms) {
	block <- rep(seq_len(blocks), each = arms)
	arm <- rep(seq_len(arms), blocks)
	value <- 11 + rnorm(blocks, 0, 3)[block] + arm + rnorm(blocks * arms)
	squares <- summary(aov(value ~ factor(block) + factor(arm)))[[1]][["Mean Sq"]]
	object(x = list_of(value), blocks = blocks, arms = arms, residual = number(squares[3]))
}

reach <- function(n) {
	x <- rnorm(n, 0.001, 0.004)
	interval <- predict(lm(x ~ 1), data.frame(y = 0), interval = "prediction")
	object(x = list_of(x), reach = number(max(abs(interval[2:3]))))
}

# The density of the middle value of m, or of the mean of the middle two.
median_variance <- function(m) {
	side <- (m - 1) %/% 2
	others <- function(low, high)
		exp(lgamma(m + 1) - 2 * lgamma(side + 1) + side * (pnorm(low, log.p = TRUE) + pnorm(-high, log.p = TRUE)))
	of_two <- function(y)
		integrate(function(t) 2 * others(y - t, y + t) * dnorm(y - t) * dnorm(y + t), 0, Inf, rel.tol = 1e-12)$value
	density <- function(y) if (m %% 2) others(y, y) * dnorm(y) else sapply(y, of_two)
	v <- integrate(function(y) y^2 * density(y), -Inf, Inf, rel.tol = 1e-11)$value
	object(count = m, variance = number(v))
}

group <- function(name, cases) paste0("\"", name, "\": [\n  ", paste(cases, collapse = ",\n  "), "]")

cat("{\n", paste(c(
	group("paired", sapply(c(6, 7, 9, 12, 15, 25, 40), paired)),
	group("unpaired", mapply(unpaired, c(4, 5, 3, 8, 15, 20), c(4, 6, 9, 8, 12, 20))),
	group("kendall", sapply(c(4, 5, 8, 12, 15, 30), kendall)),
	group("kendall_ties", sapply(c(6, 10, 20), kendall_ties)),
	group("quantiles", sapply(c(1, 2, 3, 4, 5, 10, 33), quantiles)),
	group("holm", sapply(c(1, 2, 5, 12, 36), holm)),
	group("variance", list(variance(rep(3, 10), 2, 0.5), variance(c(2, 3, 5, 3), 1, 1), variance(rep(4, 6), 0, 2))),
	group("residual", mapply(residual, c(3, 4, 11), c(2, 3, 4))),
	group("reach", sapply(c(2, 4, 9), reach)),
	group("median_variance", sapply(c(1:8, 15, 20), median_variance))
), collapse = ",\n"), "\n}\n", sep = "")
