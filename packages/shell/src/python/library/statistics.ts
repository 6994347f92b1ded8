/** statistics. */
import { defineModule } from "./define-module.ts"

export const statistics = defineModule({
  name: "statistics",
  source: `
class StatisticsError(ValueError):
    pass
def mean(data):
    data = list(data)
    if not data:
        raise StatisticsError("mean requires at least one data point")
    total = sum(data)
    return total // len(data) if isinstance(total, int) and total % len(data) == 0 else total / len(data)
def fmean(data, weights=None):
    data = list(data)
    return float(sum(data)) / len(data)
def median(data):
    data = sorted(data)
    if not data:
        raise StatisticsError("no median for empty data")
    half = len(data) // 2
    return data[half] if len(data) % 2 else (data[half - 1] + data[half]) / 2
def mode(data):
    from collections import Counter
    return Counter(data).most_common(1)[0][0]
def pvariance(data, mu=None):
    data = list(data)
    m = sum(data) / len(data)
    return sum((x - m) ** 2 for x in data) / len(data)
def variance(data, xbar=None):
    data = list(data)
    if len(data) < 2:
        raise StatisticsError("variance requires at least two data points")
    m = sum(data) / len(data)
    return sum((x - m) ** 2 for x in data) / (len(data) - 1)
def stdev(data, xbar=None):
    return variance(data) ** 0.5
def pstdev(data, mu=None):
    return pvariance(data) ** 0.5
`,
})
