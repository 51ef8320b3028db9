using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Authentication.Entra;

/// <summary>Which tokens of Microsoft Entra ID are taken, and what they open here.</summary>
public sealed record EntraOptions
{
    /// <summary>The value of <see cref="Directory"/> for tokens of any directory of an organization.</summary>
    public const string Organizations = "organizations";

    /// <summary>
    /// The authority's address, https, without a path; http for a loopback address only. The national clouds have others than the global one's, which null means:
    /// https://login.microsoftonline.com.
    /// </summary>
    public string? Instance { get; init; }

    /// <summary>The directory (tenant) id that the API is registered in for one directory only, or "organizations" where it is registered for many.</summary>
    public required string Directory { get; init; }

    /// <summary>The values of the claim aud that mean us: the registration's client id, its application id URI (api://…), or both.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>What tokens open, in the order in which they are asked. With many directories, only those named here are taken.</summary>
    public required IReadOnlyList<EntraMapping> Mappings { get; init; }

    internal Uri Authority => new(Instance ?? "https://login.microsoftonline.com");

    internal bool IsOfMany => Directory == Organizations;

    /// <summary>The directories whose tokens are taken.</summary>
    internal IReadOnlySet<Guid> Directories() =>
        IsOfMany ? Mappings.Select(DirectoryOf).ToHashSet() : new HashSet<Guid> { Guid.Parse(Directory) };

    internal Guid DirectoryOf(EntraMapping mapping) => Guid.Parse(mapping.Directory ?? Directory);

    /// <summary>Reads the options as JSON; comments and trailing commas are allowed, members that mean nothing are not.</summary>
    /// <exception cref="FormatException">It is not well-formed; the message says what is wrong.</exception>
    public static EntraOptions Parse(string json)
    {
        try
        {
            var options = JsonSerializer.Deserialize(json, EntraJson.Default.EntraOptions) ?? throw new FormatException("It is null.");
            options.Check();
            return options;
        }
        catch (JsonException broken)
        {
            throw new FormatException(broken.Message, broken);
        }
    }

    private void Check()
    {
        Require(Instance is null || IsAuthority(Instance), "instance is an https address without a path.");
        Require(IsOfMany || Guid.TryParse(Directory, out _), $"directory is a directory's id, or {Organizations}.");
        Require(Audiences is { Count: > 0 } && !Audiences.Any(string.IsNullOrWhiteSpace), "audiences names at least one.");
        Require(Mappings is { Count: > 0 } && Mappings.All(mapping => mapping is not null), "mappings has at least one.");
        for (var i = 0; i < Mappings.Count; i++)
        {
            Check(Mappings[i], $"mappings[{i}]");
        }
    }

    private void Check(EntraMapping mapping, string path)
    {
        Require(mapping.Directory is null ? !IsOfMany : Guid.TryParse(mapping.Directory, out _), $"{path}.directory is a directory's id.");
        Require(
            IsOfMany || DirectoryOf(mapping) == Guid.Parse(Directory),
            $"{path}.directory is another than directory, whose tokens alone are taken; for many it is {Organizations}."
        );
        Require(
            new[] { mapping.Application, mapping.Role, mapping.Scope, mapping.Group }.Any(condition => condition is not null),
            $"{path} names none of application, role, scope and group."
        );
        Require(!string.IsNullOrWhiteSpace(mapping.Tenant), $"{path}.tenant is empty.");
        Require(
            mapping.Roles is { Count: > 0 } && mapping.Roles.All(Roles.All.Contains),
            $"{path}.roles are of {string.Join(", ", Roles.All)}."
        );
    }

    private static bool IsAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.PathAndQuery == "/"
        && uri.Fragment.Length == 0
        && uri.UserInfo.Length == 0;

    private static void Require(bool good, string otherwise)
    {
        if (!good)
        {
            throw new FormatException(otherwise);
        }
    }
}

/// <summary>What a token opens that has everything that is named here.</summary>
public sealed record EntraMapping
{
    /// <summary>The directory (tenant) id of the token; null for the one that <see cref="EntraOptions.Directory"/> names.</summary>
    public string? Directory { get; init; }

    /// <summary>
    /// The client id of the program that calls (azp, appid). Named alone it means the program itself, and not the users that it acts for: what these may do, a scope,
    /// role or group says.
    /// </summary>
    public string? Application { get; init; }

    /// <summary>An app role: an application permission of a program, or a user's role (roles).</summary>
    public string? Role { get; init; }

    /// <summary>A delegated permission: what a program may do for its users (scp).</summary>
    public string? Scope { get; init; }

    /// <summary>The object id of a group (groups).</summary>
    public string? Group { get; init; }

    /// <summary>The tenant of ours.</summary>
    public required string Tenant { get; init; }

    /// <summary>The roles in it: operator, admin, user, reader.</summary>
    public required IReadOnlyList<string> Roles { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(EntraOptions))]
internal sealed partial class EntraJson : JsonSerializerContext;
