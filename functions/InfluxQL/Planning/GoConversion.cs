namespace Serverless.InfluxQL.Planning;

internal static class GoConversion
{
    /// <summary>A float as an integer: what is out of range is the least integer, as in Go on x86.</summary>
    public static long ToInt64(double value) =>
        value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)value : long.MinValue;
}
