using System.Text.Json.Nodes;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>The schemas of the API's document by their names.</summary>
internal static class Components
{
    /// <summary>Read-only after start-up: whoever puts a schema into a document clones it.</summary>
    public static readonly IReadOnlyDictionary<string, JsonObject> All = Enumerable
        .Concat(AccountSchemas.All(), DeviceSchemas.All())
        .Concat(MessageSchemas.All())
        .Concat(CommandSchemas.All())
        .Concat(RuleSchemas.All())
        .Concat(WebhookSchemas.All())
        .Concat(AlarmSchemas.All())
        .SelectMany(schema => schema.Listed ? [schema, ListOf(schema.Name)] : new[] { schema })
        .ToDictionary(schema => schema.Name, schema => schema.Schema);

    /// <summary>The name of a page of a component.</summary>
    public static string PageOf(string name) => $"{name}Page";

    private static Component ListOf(string name) =>
        new(
            PageOf(name),
            Schema
                .Object(
                    ("items", Schema.ListOf(Schema.Ref(name))),
                    ("next", Schema.Text().OrNull().Saying("The cursor of the next page; null on the last."))
                )
                .Requiring("items", "next")
        );
}

/// <summary>A named schema.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Listed">Whether there is a page of it, too.</param>
internal sealed record Component(string Name, JsonObject Schema, bool Listed = false);
