namespace Serverless.App.Hosting;

/// <summary>Reads settings and gathers what is wrong with them, so that whoever starts the process is told everything at once.</summary>
/// <param name="variable">Finds a setting by its name; null or empty where there is none.</param>
internal sealed class SettingValues(Func<string, string?> variable)
{
    private readonly List<string> wrong = [];

    public string Text(string name)
    {
        if (variable(name) is { Length: > 0 } value)
        {
            return value;
        }

        wrong.Add($"{name} is missing.");
        return "";
    }

    /// <summary>An https address; http for a loopback address only, where a stand-in of the service runs.</summary>
    public Uri Address(string name)
    {
        var text = Text(name);
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        )
        {
            return address;
        }

        // What was given is not repeated: an address may have a key in its query.
        Malformed(name, text, "an https address without user, query and fragment");
        return new Uri("https://localhost");
    }

    /// <summary>A host name, with a port or without.</summary>
    public string Host(string name)
    {
        var text = Text(name);
        if (
            !Uri.TryCreate($"https://{text}", UriKind.Absolute, out var address)
            || !address.Authority.Equals(text, StringComparison.OrdinalIgnoreCase)
        )
        {
            Malformed(name, text, "a host name without a scheme");
        }

        return text;
    }

    public Guid Id(string name)
    {
        var text = Text(name);
        if (!Guid.TryParseExact(text, "D", out var id))
        {
            Malformed(name, text, "a UUID");
        }

        return id;
    }

    /// <exception cref="StartException">Something is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (wrong.Count > 0)
        {
            throw new StartException($"The app settings are incomplete: {string.Join(' ', wrong)} azure.bicep sets them.");
        }
    }

    private void Malformed(string name, string text, string wanted)
    {
        if (text.Length > 0)
        {
            wrong.Add($"{name} is not {wanted}.");
        }
    }
}
