namespace Serverless.InfluxQL.Functions.Forecast;

/// <summary>
/// The Holt-Winters method with a damped trend and multiplied seasons. Its parameters are the weights of level, trend and season, the damping, the first level and trend,
/// and a factor for each season.
/// </summary>
/// <param name="values">The values at equal distances; one that is missing is not a number.</param>
/// <param name="season">How many values make a season; under 2 for none.</param>
/// <param name="cancellation">Ends the search, which goes through the values many thousands of times.</param>
internal sealed class DampedTrend(double[] values, int season, CancellationToken cancellation)
{
    private const int Level = 4;
    private const int Trend = 5;
    private const int Seasons = 6;

    private const double FirstShare = 0.5;
    private const double LeastGuess = 0.3;
    private const double GuessEnd = 1.0;
    private const double GuessStep = 0.4;
    private const double Epsilon = 1.0e-4;

    private bool HasSeasons => season >= 2;

    /// <summary>Fits the parameters and goes on.</summary>
    /// <param name="more">How many values to give after the last.</param>
    /// <returns>The fitted values, the first as it is, and those after them.</returns>
    public double[] Forecast(int more) => Run(more, Fit());

    /// <summary>Searches from sixteen starts, two for each of the four weights.</summary>
    private double[] Fit()
    {
        var start = Start();
        double[]? best = null;
        var least = double.PositiveInfinity;
        double[] guesses = [.. Guesses()];
        foreach (var level in guesses)
        {
            foreach (var trend in guesses)
            {
                foreach (var seasonal in guesses)
                {
                    foreach (var damping in guesses)
                    {
                        (start[0], start[1], start[2], start[3]) = (level, trend, seasonal, damping);
                        var (cost, place) = NelderMead.Minimize(Error, start, Epsilon);
                        if (cost < least || best is null)
                        {
                            (least, best) = (cost, place);
                        }
                    }
                }
            }
        }

        return best!;
    }

    private static IEnumerable<double> Guesses()
    {
        for (var guess = LeastGuess; guess < GuessEnd; guess += GuessStep)
        {
            yield return guess;
        }
    }

    private double[] Start()
    {
        if (!HasSeasons)
        {
            var first = new double[Seasons];
            first[Level] = FirstShare * values[0];
            first[Trend] = double.IsNaN(values[1]) ? 0 : FirstShare * (values[1] - values[0]);
            return first;
        }

        var start = new double[Seasons + season];
        for (var i = 0; i < season; i++)
        {
            start[Level] += double.IsNaN(values[i]) ? 0 : 1 / (double)season * values[i];
        }

        for (var i = 0; i < season && season + i < values.Length; i++)
        {
            var change = values[season + i] - values[i];
            start[Trend] += double.IsNaN(change) ? 0 : 1 / (double)(season * season) * change;
        }

        for (var i = 0; i < season; i++)
        {
            start[Seasons + i] = double.IsNaN(values[i]) ? 0 : values[i] / start[Level];
        }

        return start;
    }

    /// <summary>The sum of the squared errors; infinite where a value is there and none is forecast.</summary>
    private double Error(double[] parameters)
    {
        cancellation.ThrowIfCancellationRequested();
        var forecast = Run(0, parameters);
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                continue;
            }

            if (double.IsNaN(forecast[i]))
            {
                return double.PositiveInfinity;
            }

            var error = forecast[i] - values[i];
            sum += error * error;
        }

        return sum;
    }

    /// <summary>Runs the recurrence. Like the real server's it writes to the parameters: weights are put into 0 to 1, and the seasons' factors go on from run to run.</summary>
    private double[] Run(int more, double[] parameters)
    {
        for (var i = 0; i < Level; i++)
        {
            parameters[i] =
                parameters[i] > 1 ? 1
                : parameters[i] < 0 ? 0
                : parameters[i];
        }

        var (alpha, beta, gamma, phi) = (parameters[0], parameters[1], parameters[2], parameters[3]);
        var (level, trend) = (parameters[Level], parameters[Trend]);
        var factors = HasSeasons ? parameters.AsSpan(Seasons) : [];
        var offset = season - 1;
        var result = new double[values.Length + more];
        var value = result[0] = values[0];
        var damping = phi;
        var (factor, later) = (1.0, 1.0);
        for (var t = 1; t < result.Length; t++)
        {
            if (HasSeasons)
            {
                factor = factors[(t - season + offset) % season];
                later = factors[(t - season + (t % season) + offset) % season];
            }

            var carried = level + (phi * trend);
            var nextLevel = (alpha * (value / factor)) + ((1 - alpha) * carried);
            var nextTrend = (beta * (nextLevel - level)) + ((1 - beta) * phi * trend);
            var nextFactor = (gamma * (value / carried)) + ((1 - gamma) * factor);
            value = (nextLevel + (damping * nextTrend)) * later;
            (level, trend) = (nextLevel, nextTrend);
            damping += Power(phi, t);
            if (HasSeasons)
            {
                factors[(t + offset++) % season] = nextFactor;
            }

            result[t] = value;
        }

        return result;
    }

    /// <summary>A power by squaring, whose rounding is that of Go's for whole exponents.</summary>
    private static double Power(double root, int exponent)
    {
        var power = 1.0;
        for (; exponent > 0; exponent >>= 1)
        {
            power = exponent % 2 == 1 ? power * root : power;
            root *= root;
        }

        return power;
    }
}
