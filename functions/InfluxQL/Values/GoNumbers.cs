namespace Serverless.InfluxQL.Values;

/// <summary>What Go's strconv says of numbers that it cannot read; the real server passes it on.</summary>
internal static class GoNumbers
{
    public static string OutOfRange(string function, string text) => $"strconv.{function}: parsing \"{text}\": value out of range";

    public static string Malformed(string function, string text) => $"strconv.{function}: parsing \"{text}\": invalid syntax";
}
