namespace Serverless.Dialects.ThingScale.Users;

/// <summary>What only this API knows of a user.</summary>
internal sealed record UserProfile(string Email1 = "", string Email2 = "", string Organization = "", string Alias = "");
