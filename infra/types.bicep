@export()
@description('Tags of every resource.')
type tagsOf = {
  *: string
}

@export()
@description('Settings of the app by their names.')
type settingsOf = {
  *: string
}
