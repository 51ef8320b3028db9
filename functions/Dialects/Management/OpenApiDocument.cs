using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;

namespace Serverless.Dialects.Management;

/// <summary>The API's OpenAPI 3.1 document, written from the table of routes that is mapped.</summary>
/// <remarks>Written by hand: Microsoft.AspNetCore.OpenApi finds schemas by reflection over handlers' types, which costs start-up and which these handlers do not have.</remarks>
internal static class OpenApiDocument
{
    public const string Path = "/openapi/v1.json";

    private const string Json = "application/json";

    public static JsonObject Create(IEnumerable<ManagementRoute> routes)
    {
        var paths = new JsonObject();
        foreach (var path in routes.GroupBy(route => route.Path))
        {
            var operations = path.Select(route => KeyValuePair.Create(route.Method.ToLowerInvariant(), (JsonNode?)Operation(route)));
            paths[ManagementRoute.Prefix + path.Key] = new JsonObject(operations);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Management API",
                ["version"] = "1.0.0",
                ["description"] = "Tenants, users, clients and devices of the cloud. Errors are problem+json with stable types.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(Security("bearer"), Security("basic")),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(
                    Components.All.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)item.Value.DeepClone()))
                ),
                ["securitySchemes"] = new JsonObject { ["bearer"] = Scheme("bearer"), ["basic"] = Scheme("basic") },
            },
        };
    }

    private static JsonObject Security(string scheme) => new() { [scheme] = new JsonArray() };

    private static JsonObject Scheme(string scheme) => new() { ["type"] = "http", ["scheme"] = scheme };

    private static JsonObject Operation(ManagementRoute route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = route.Name,
            ["summary"] = route.Summary,
            ["tags"] = new JsonArray(route.Path.Split('/')[1]),
        };
        if (route.Access == Access.Anonymous)
        {
            operation["security"] = new JsonArray();
        }
        else
        {
            operation["x-role"] = route.Access.ToString().ToLowerInvariant();
        }

        if (Parameters(route).ToArray() is { Length: > 0 } parameters)
        {
            operation["parameters"] = new JsonArray(parameters);
        }

        if (route.Request is { } request)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = !route.RequestOptional,
                ["content"] = RequestContent(route, request),
            };
        }

        operation["responses"] = Responses(route);
        return operation;
    }

    private static IEnumerable<JsonNode> Parameters(ManagementRoute route)
    {
        foreach (var name in route.PathParameters)
        {
            yield return Parameter("path", name, Schema.Text(), required: true);
        }

        foreach (var query in route.InTenant ? [.. route.Query, QueryParameters.Tenant] : route.Query)
        {
            yield return Parameter("query", query.Name, query.Schema.DeepClone().AsObject(), required: false);
        }

        if (route.Conditional)
        {
            yield return Parameter(
                "header",
                "If-Match",
                Schema.Text().Saying("The ETag of the version to change, or * for any."),
                required: false
            );
        }
    }

    private static JsonObject Parameter(string place, string name, JsonObject schema, bool required)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (required)
        {
            parameter["required"] = true;
        }

        if (schema["description"] is { } description)
        {
            schema.Remove("description");
            parameter["description"] = description;
        }

        parameter["schema"] = schema;
        return parameter;
    }

    private static JsonObject RequestContent(ManagementRoute route, string request)
    {
        var content = Content(Json, request);
        if (route.Method == "PATCH")
        {
            content["application/merge-patch+json"] = new JsonObject { ["schema"] = Schema.Ref(request) };
        }

        return content;
    }

    private static JsonObject Content(string type, string component) =>
        new() { [type] = new JsonObject { ["schema"] = Schema.Ref(component) } };

    private static JsonObject Responses(ManagementRoute route)
    {
        var success = new JsonObject { ["description"] = route.Summary };
        if (route.Tagged)
        {
            success["headers"] = new JsonObject
            {
                ["ETag"] = new JsonObject { ["description"] = "The version, for If-Match.", ["schema"] = Schema.Text() },
            };
        }

        if (route.Response is { } response)
        {
            success["content"] = Content(Json, response);
        }

        var responses = new JsonObject { [$"{route.Status}"] = success };
        foreach (var status in ProblemsOf(route).Distinct().GroupBy(problem => problem.Status).OrderBy(status => status.Key))
        {
            responses[$"{status.Key}"] = new JsonObject
            {
                ["description"] = string.Join(", or: ", status.Select(problem => problem.Title)),
                ["content"] = Content("application/problem+json", "Problem"),
            };
        }

        return responses;
    }

    private static IEnumerable<Problem> ProblemsOf(ManagementRoute route)
    {
        yield return Problems.Invalid;
        yield return Problems.Unavailable;
        if (route.Access != Access.Anonymous)
        {
            yield return Problems.Unauthenticated;
            yield return Problems.Forbidden;
        }

        if (route.InTenant || route.PathParameters.Any())
        {
            yield return Problems.NotFound;
        }

        if (route.Conditional)
        {
            yield return Problems.PreconditionFailed;
        }

        if (route.Request is not null)
        {
            yield return Problems.TooLarge;
            yield return Problems.UnsupportedMediaType;
        }

        foreach (var problem in route.Problems)
        {
            yield return problem;
        }
    }
}
