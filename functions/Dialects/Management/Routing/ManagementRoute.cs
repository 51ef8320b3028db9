using System.Text.Json.Nodes;

namespace Serverless.Dialects.Management.Routing;

/// <summary>One operation of the API. The table of these is mapped and documented as it is, so that document and routes cannot drift.</summary>
/// <param name="Method">GET, POST, PUT, PATCH or DELETE.</param>
/// <param name="Path">The path below <see cref="Prefix"/>, with parameters in braces.</param>
/// <param name="Name">The operation's id in the document.</param>
/// <param name="Access">Who may use it.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Handler">What it does.</param>
internal sealed record ManagementRoute(
    string Method,
    string Path,
    string Name,
    Access Access,
    string Summary,
    Func<ManagementRequest, Task<Answer>> Handler
)
{
    public const string Prefix = "/api/v1";

    /// <summary>The query parameters; a request may have no others.</summary>
    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>The component that the request's body is, or null where there is none.</summary>
    public string? Request { get; init; }

    /// <summary>Whether the body may be left out.</summary>
    public bool RequestOptional { get; init; }

    /// <summary>The component that the answer is, or null where there is none.</summary>
    public string? Response { get; init; }

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Whether it is about one tenant, which an operator may name with the parameter tenant.</summary>
    public bool InTenant { get; init; } = true;

    /// <summary>Whether it honours If-Match.</summary>
    public bool Conditional { get; init; }

    /// <summary>Whether the answer has an ETag.</summary>
    public bool Tagged { get; init; }

    /// <summary>Problems besides those that follow from the rest.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>The names of the parameters in the path.</summary>
    public IEnumerable<string> PathParameters =>
        Path.Split('/').Where(segment => segment.StartsWith('{')).Select(segment => segment.Trim('{', '}'));
}

/// <summary>A parameter of the query, with the schema that its value must satisfy.</summary>
internal sealed record QueryParameter(string Name, JsonObject Schema);
