using System.Globalization;

namespace Serverless.InfluxQL.Printing;

/// <summary>Floating-point numbers without an exponent, which InfluxQL cannot read.</summary>
internal static class Numbers
{
    /// <summary>The shortest digits that give the number again: 1.5, 100000000000000000000000, -0.000001.</summary>
    public static string Format(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0)
        {
            return text;
        }

        var exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var sign = text[0] == '-' ? "-" : "";
        var mantissa = text[sign.Length..e];
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        return exponent < 0 ? $"{sign}0.{new string('0', -exponent - 1)}{digits}" : $"{sign}{digits.PadRight(exponent + 1, '0')}";
    }

    /// <summary>With three decimals, as the real server prints a number; with more where three would say another number.</summary>
    public static string FormatLiteral(double number)
    {
        if (Math.Abs(number) < 1e12)
        {
            var rounded = number.ToString("F3", CultureInfo.InvariantCulture);
            if (double.Parse(rounded, CultureInfo.InvariantCulture).Equals(number))
            {
                return rounded;
            }
        }

        var exact = Format(number);
        return exact.Contains('.') ? exact : exact + ".000";
    }
}
