namespace Serverless.InfluxQL.Functions.Forecast;

/// <summary>
/// The downhill simplex method (J. Nelder, R. Mead, 1965) with the steps and the end of M. Hutt's program, which the real server follows: after a shrinking only two
/// corners are valued anew. The order of operations matters to the last digit of a forecast.
/// </summary>
internal sealed class NelderMead
{
    private const int MostSteps = 1000;
    private const double Reflection = 1.0;
    private const double Contraction = 0.5;
    private const double Expansion = 2.0;

    private readonly Func<double[], double> cost;
    private readonly double[][] corners;
    private readonly double[] costs;
    private readonly int dimensions;

    private NelderMead(Func<double[], double> cost, double[] start)
    {
        this.cost = cost;
        dimensions = start.Length;
        corners = Simplex(start);
        costs = Array.ConvertAll(corners, corner => cost(corner));
    }

    /// <summary>Looks for the least cost near a start.</summary>
    /// <param name="cost">The cost of a place; it may move the place to an allowed one.</param>
    /// <param name="start">The start.</param>
    /// <param name="epsilon">It ends where the corners' costs deviate by less.</param>
    public static (double Cost, double[] Place) Minimize(Func<double[], double> cost, double[] start, double epsilon)
    {
        var search = new NelderMead(cost, start);
        for (var step = 0; step < MostSteps; step++)
        {
            search.Step();
            if (search.Deviation() < epsilon)
            {
                break;
            }
        }

        var best = search.Best();
        double[] place = [.. search.corners[best]];
        return (cost(search.corners[best]), place);
    }

    /// <summary>A regular simplex with edges of length 1 at the start.</summary>
    private static double[][] Simplex(double[] start)
    {
        var n = start.Length;
        var near = (Math.Sqrt(n + 1) - 1) / (n * Math.Sqrt(2));
        var far = (Math.Sqrt(n + 1) - 1 + n) / (n * Math.Sqrt(2));
        var simplex = new double[n + 1][];
        simplex[0] = [.. start];
        for (var i = 1; i <= n; i++)
        {
            simplex[i] = new double[n];
            for (var j = 0; j < n; j++)
            {
                simplex[i][j] = (i - 1 == j ? far : near) + start[j];
            }
        }

        return simplex;
    }

    private int Best()
    {
        var best = 0;
        for (var i = 0; i <= dimensions; i++)
        {
            best = costs[i] < costs[best] ? i : best;
        }

        return best;
    }

    private int Worst()
    {
        var worst = 0;
        for (var i = 0; i <= dimensions; i++)
        {
            worst = costs[i] > costs[worst] ? i : worst;
        }

        return worst;
    }

    private int SecondWorst(int best, int worst)
    {
        var second = best;
        for (var i = 0; i <= dimensions; i++)
        {
            second = costs[i] > costs[second] && costs[i] < costs[worst] ? i : second;
        }

        return second;
    }

    private void Step()
    {
        var worst = Worst();
        var best = Best();
        var second = SecondWorst(best, worst);
        var centre = CentreWithout(worst);
        var reflected = Combine(centre, i => centre[i] + (Reflection * (centre[i] - corners[worst][i])));
        var reflectedCost = cost(reflected);
        if (reflectedCost < costs[second] && reflectedCost >= costs[best])
        {
            Replace(worst, reflected, reflectedCost);
        }

        if (reflectedCost < costs[best])
        {
            var expanded = Combine(centre, i => centre[i] + (Expansion * (reflected[i] - centre[i])));
            var expandedCost = cost(expanded);
            var expand = expandedCost < reflectedCost;
            Replace(worst, expand ? expanded : reflected, expand ? expandedCost : reflectedCost);
        }

        if (reflectedCost >= costs[second])
        {
            Contract(best, second, worst, centre, reflected, reflectedCost);
        }
    }

    private void Contract(int best, int second, int worst, double[] centre, double[] reflected, double reflectedCost)
    {
        var contracted =
            reflectedCost < costs[worst]
                ? Combine(centre, i => centre[i] + (Contraction * (reflected[i] - centre[i])))
                : Combine(centre, i => centre[i] - (Contraction * (centre[i] - corners[worst][i])));
        var contractedCost = cost(contracted);
        if (contractedCost < costs[worst])
        {
            Replace(worst, contracted, contractedCost);
            return;
        }

        for (var row = 0; row <= dimensions; row++)
        {
            for (var i = 0; row != best && i < dimensions; i++)
            {
                corners[row][i] = corners[best][i] + ((corners[row][i] - corners[best][i]) / 2);
            }
        }

        costs[worst] = cost(corners[worst]);
        costs[second] = cost(corners[second]);
    }

    private double[] CentreWithout(int worst)
    {
        var centre = new double[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            var sum = 0.0;
            for (var row = 0; row <= dimensions; row++)
            {
                sum += row == worst ? 0 : corners[row][i];
            }

            centre[i] = sum / dimensions;
        }

        return centre;
    }

    private static double[] Combine(double[] like, Func<int, double> coordinate)
    {
        var place = new double[like.Length];
        for (var i = 0; i < place.Length; i++)
        {
            place[i] = coordinate(i);
        }

        return place;
    }

    private void Replace(int corner, double[] place, double placeCost)
    {
        place.CopyTo(corners[corner], 0);
        costs[corner] = placeCost;
    }

    private double Deviation()
    {
        var sum = 0.0;
        foreach (var value in costs)
        {
            sum += value;
        }

        var mean = sum / (dimensions + 1);
        var squares = 0.0;
        foreach (var value in costs)
        {
            squares += (value - mean) * (value - mean) / dimensions;
        }

        return Math.Sqrt(squares);
    }
}
