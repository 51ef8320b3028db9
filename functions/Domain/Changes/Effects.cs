namespace Serverless.Domain.Changes;

/// <summary>What is done with data that is sent; by itself both.</summary>
[Flags]
public enum Effects
{
    /// <summary>Neither stored nor told. As a property of a message: cep.</summary>
    None = 0,

    /// <summary>Stored. Alone: quiescent.</summary>
    Store = 1,

    /// <summary>Told to whoever listens. Alone: transient.</summary>
    Tell = 2,

    /// <summary>Stored and told, as without a word of it.</summary>
    All = Store | Tell,
}

/// <summary>The words for effects in messages.</summary>
public static class EffectsText
{
    /// <summary>The word, or null for the effects that need none.</summary>
    public static string? ToText(this Effects effects) =>
        effects switch
        {
            Effects.Store => "quiescent",
            Effects.Tell => "transient",
            Effects.None => "cep",
            _ => null,
        };

    /// <summary>The effects that a word means, or null where it is none.</summary>
    public static Effects? Find(string? text) =>
        text switch
        {
            null or "" or "persistent" => Effects.All,
            "quiescent" => Effects.Store,
            "transient" => Effects.Tell,
            "cep" => Effects.None,
            _ => null,
        };
}
