/** Whether the services answer. Only the browser door can lose them. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useConnection = defineStore('connection', () => ({ connected: ref(true) }))
