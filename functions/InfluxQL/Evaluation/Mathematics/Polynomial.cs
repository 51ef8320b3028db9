namespace Serverless.InfluxQL.Evaluation.Mathematics;

/// <summary>Polynomials by Horner's rule.</summary>
internal static class Polynomial
{
    /// <param name="coefficients">The coefficient of the highest power first.</param>
    /// <param name="x">The place.</param>
    public static double At(ReadOnlySpan<double> coefficients, double x)
    {
        var value = coefficients[0];
        foreach (var coefficient in coefficients[1..])
        {
            value = (value * x) + coefficient;
        }

        return value;
    }
}
