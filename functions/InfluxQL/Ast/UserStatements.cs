namespace Serverless.InfluxQL.Ast;

/// <summary>What a user may do with a database.</summary>
public enum Privilege : byte
{
    Read,
    Write,
    All,
}

/// <summary>CREATE USER. The password is never printed.</summary>
public sealed record CreateUserStatement(string Name, string Password, bool Admin) : Statement;

public sealed record DropUserStatement(string Name) : Statement;

/// <summary>SET PASSWORD. The password is never printed.</summary>
public sealed record SetPasswordStatement(string Name, string Password) : Statement;

public sealed record GrantStatement(Privilege Privilege, string Database, string User) : Statement;

public sealed record GrantAdminStatement(string User) : Statement;

public sealed record RevokeStatement(Privilege Privilege, string Database, string User) : Statement;

public sealed record RevokeAdminStatement(string User) : Statement;
