using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Routing;

/// <summary>Reads a query against the parameters that a route knows. A misspelt filter is refused: ignored, it would answer with everything.</summary>
internal static class QueryParameters
{
    public static readonly QueryParameter Tenant = new(
        "tenant",
        Text(1, 64).Saying("The tenant to act in; its own where it is not given. Only an operator may name another.")
    );

    public static readonly QueryParameter Limit = new("limit", Integer(1, 1000).Default(100).Saying("The most items of the page."));

    public static readonly QueryParameter Cursor = new("cursor", Text().Saying("The member next of the page before."));

    /// <exception cref="DomainException">A parameter is unknown, there twice, or not of its schema.</exception>
    public static JsonObject Read(IQueryCollection query, ManagementRoute route)
    {
        var result = new JsonObject();
        foreach (var (name, values) in query)
        {
            var parameter = route.InTenant && name == Tenant.Name ? Tenant : route.Query.FirstOrDefault(known => known.Name == name);
            if (parameter is null || values.Count != 1)
            {
                throw DomainException.Invalid(
                    name,
                    parameter is null ? "There is no such parameter." : "The parameter is there more than once."
                );
            }

            var value = Parse(values[0] ?? "", parameter.Schema["type"]?.GetValue<string>());
            SchemaCheck.Check(value, parameter.Schema, name);
            result[name] = value;
        }

        return result;
    }

    private static JsonValue Parse(string text, string? type) =>
        type switch
        {
            "integer" when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            "integer" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            "boolean" when text is "true" or "false" => JsonValue.Create(text == "true"),
            _ => JsonValue.Create(text),
        };
}
