using System.Globalization;
using System.Text.Json;
using Serverless.InfluxQL.Printing;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Values;

/// <summary>Makes tokens of JSON values.</summary>
internal static class ParameterBinding
{
    public static ParameterValue Bind(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Number => Number(json),
            JsonValueKind.String => new(Token.String, json.GetString()!),
            JsonValueKind.True => new(Token.True, ""),
            JsonValueKind.False => new(Token.False, ""),
            JsonValueKind.Object => Typed(json),
            JsonValueKind.Array => ParameterValue.Error("unable to bind parameter with type []interface {}"),
            _ => ParameterValue.Error("unable to bind parameter with type <nil>"),
        };

    /// <summary>With a full stop a number, else an integer.</summary>
    private static ParameterValue Number(JsonElement json)
    {
        var text = json.GetRawText();
        if (text.Contains('.'))
        {
            var number = json.GetDouble();
            return double.IsFinite(number) ? OfNumber(number) : ParameterValue.Error(GoNumbers.OutOfRange("ParseFloat", text));
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, null, out var integer))
        {
            return new(Token.Integer, integer.ToString(CultureInfo.InvariantCulture));
        }

        var isInteger = text.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0;
        return ParameterValue.Error(isInteger ? GoNumbers.OutOfRange("ParseInt", text) : GoNumbers.Malformed("ParseInt", text));
    }

    private static ParameterValue OfNumber(double number) => new(Token.Number, Numbers.Format(number));

    /// <summary>An object of one member: its name is the type.</summary>
    private static ParameterValue Typed(JsonElement json)
    {
        var members = json.EnumerateObject().ToArray();
        if (members is not [var member])
        {
            return ParameterValue.Error("bound object parameter value must have exactly one entry");
        }

        if (member.Value.ValueKind == JsonValueKind.Number && Number(member.Value) is { IsError: true } error)
        {
            return error;
        }

        return member.Name switch
        {
            "ident" or "identifier" => Text(member.Value, Token.Ident, "identifier must be a string value"),
            "regex" => Text(member.Value, Token.Regex, "regex literal must be a string value"),
            "string" => Text(member.Value, Token.String, "string literal must be a string value"),
            "float" or "number" => member.Value.ValueKind == JsonValueKind.Number
                ? OfNumber(member.Value.GetDouble())
                : ParameterValue.Error("number literal must be a float value"),
            "int" or "integer" => member.Value.ValueKind == JsonValueKind.Number && Number(member.Value) is { Token: Token.Integer } integer
                ? integer
                : ParameterValue.Error("integer literal must be an integer value"),
            "duration" => Duration(member.Value),
            _ => ParameterValue.Error($"unknown bind object type: {member.Name}"),
        };
    }

    private static ParameterValue Text(JsonElement json, Token token, string error) =>
        json.ValueKind == JsonValueKind.String ? new(token, json.GetString()!) : ParameterValue.Error(error);

    private static ParameterValue Duration(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number && Number(json) is { Token: Token.Integer, Literal: var nanoseconds })
        {
            return new(Token.DurationValue, DurationText.Format(long.Parse(nanoseconds, CultureInfo.InvariantCulture)));
        }

        return Text(json, Token.DurationValue, "duration literal must be a string or integer value");
    }
}
