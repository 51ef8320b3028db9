using System.Text.Json;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Values;

/// <summary>What bound parameters stand for: tokens that replace $name. A value that cannot be bound is an error only where it is used.</summary>
public sealed class QueryParameters
{
    public static readonly QueryParameters None = new([]);

    private readonly Dictionary<string, ParameterValue> values;

    private QueryParameters(Dictionary<string, ParameterValue> values) => this.values = values;

    /// <summary>Binds the members of a JSON object: numbers, strings, booleans, and objects of one member that name the type, as {"regex":"^a"}.</summary>
    /// <exception cref="InfluxSyntaxException">A number is too large or has an exponent; the message is complete: it takes no prefix.</exception>
    /// <exception cref="ArgumentException">The element is no object.</exception>
    public static QueryParameters FromJson(JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException("Parameters are a JSON object.", nameof(parameters));
        }

        var bound = new Dictionary<string, ParameterValue>();
        foreach (var member in parameters.EnumerateObject())
        {
            var value = ParameterBinding.Bind(member.Value);
            if (member.Value.ValueKind == JsonValueKind.Number && value.IsError)
            {
                throw new InfluxSyntaxException($"error parsing json value: {value.Literal}");
            }

            bound[member.Name] = value;
        }

        return new QueryParameters(bound);
    }

    internal bool TryGet(string name, out ParameterValue value)
    {
        value = default;
        return name.Length > 0 && values.TryGetValue(name, out value);
    }
}

/// <summary>The token that a parameter is; a value that cannot be bound stays a parameter, with the error as its text.</summary>
internal readonly record struct ParameterValue(Token Token, string Literal)
{
    public bool IsError => Token == Token.BoundParam;

    public static ParameterValue Error(string message) => new(Token.BoundParam, message);
}
