namespace Serverless.Domain.Rules;

/// <summary>The way to a value in a payload: the names of the members from the payload's root down, joined by colons. It leads through arrays to each of their elements.</summary>
/// <remarks>
/// <c>data:value</c> leads to 10 in {"data":{"value":10}} and in {"data":[{"value":10}]}. Readings are found by it, not payloads: what a payload's members are called as readings, <see
/// cref="Telemetry.JsonValues"/> decides, and a member that another door names so is found too. Of several elements of an array, which are of one time, the first counts. A number as a name is the
/// place in an array.
/// </remarks>
public static class RulePath
{
    public const char Separator = ':';
    public const int LongestPath = 256;

    private const string ValueSuffix = "." + Telemetry.Readings.ValueField;

    /// <summary>The measurement of the values that a path leads to, and their field where they are in no array.</summary>
    /// <exception cref="DomainException">It is no path.</exception>
    public static (string Measurement, string Field) Parse(string path)
    {
        var names = path.Split(Separator);
        if (path.Length > LongestPath || names.Any(name => name.Length == 0))
        {
            throw DomainException.Invalid("path", $"A path is names joined by colons, of at most {LongestPath} characters.");
        }

        return (names[0], names.Length == 1 ? Telemetry.Readings.ValueField : string.Join('.', names.Skip(1)));
    }

    /// <summary>Whether a path names the place in an array: then it leads to that element alone.</summary>
    internal static bool HasPlace(string field) => field.Split('.').Any(IsPlace);

    /// <summary>A field without places in arrays, and without the member value at its end, which a reading may do without: the same for every field that a path leads to.</summary>
    internal static string Plain(string field)
    {
        if (field == Telemetry.Readings.ValueField)
        {
            return "";
        }

        if (field.AsSpan().IndexOfAnyInRange('0', '9') >= 0)
        {
            field = string.Join('.', field.Split('.').Where(name => !IsPlace(name)));
        }

        return field == Telemetry.Readings.ValueField ? ""
            : field.EndsWith(ValueSuffix, StringComparison.Ordinal) ? field[..^ValueSuffix.Length]
            : field;
    }

    private static bool IsPlace(string name) => name.Length > 0 && name.All(char.IsAsciiDigit);
}
